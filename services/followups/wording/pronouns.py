"""His, her or their: only where a first name leaves little doubt."""

_HIS = """
john james robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric
jonathan stephen larry justin scott brandon benjamin samuel gregory frank raymond patrick jack jerry jose carlos juan
luis miguel pedro jim bob tom mike dave steve bill joe dan matt tony greg
"""
_HER = """
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly
emily donna michelle carol amanda melissa deborah stephanie rebecca laura cynthia kathleen amy angela anna ruth brenda
pamela nicole katherine samantha christine emma catherine virginia rachel janet maria heather diane julie victoria
christina joan lauren kelly jane priya sofia isabella olivia
"""
_WORDS = {**dict.fromkeys(_HIS.split(), "his"), **dict.fromkeys(_HER.split(), "her")}


def possessive(person: str | None) -> str:
    """Of a full name; their, where it is not clear."""
    return _WORDS.get((person or "").split(" ")[0].casefold(), "their")
