"""How well texts are understood: the corpus, the readers, the scores, the report."""
