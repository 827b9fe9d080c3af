"""Trains the offline models from the corpus: `make train`. The same corpus gives the same files, bit for bit."""

from array import array
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from shared.text.linear import BUCKETS, Linear

Features = dict[int, float]


def fit(
    rows: Sequence[Features],
    labels: Sequence[str],
    strength: float = 8.0,
    *,
    weights: Sequence[float] | None = None,
    groups: Sequence[str] | None = None,
    judged: Sequence[bool] | None = None,
) -> Linear:
    """Logistic regression, its weights rounded to a byte; the temperature is what five-fold held-out scores ask for.

    `weights`: how much a row counts. Rows of one of `groups` are held out together. `judged`: those the temperature is for.
    """
    matrix, names = _matrix(rows), sorted(set(labels))
    counts = np.ones(len(rows)) if weights is None else np.array(weights)
    model = LogisticRegression(C=strength, max_iter=3000, tol=1e-4)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=1)
    apart = np.arange(len(rows)) if groups is None else np.unique(groups, return_inverse=True)[1]
    unseen = np.zeros((len(rows), len(names)))
    for learnt, held in folds.split(matrix, labels, apart):
        model.fit(matrix[learnt], np.array(labels)[learnt], sample_weight=counts[learnt])
        unseen[held] = _of_each(model.decision_function(matrix[held]), len(names))
    model.fit(matrix, labels, sample_weight=counts)
    told_weights, biases = _of_each(model.coef_.T, len(names)), _of_each(model.intercept_, len(names)).ravel()
    scale = float(np.abs(told_weights).max()) / 127
    rounded = np.round(told_weights / scale).astype(np.int8)
    told = np.array([names.index(label) for label in labels])
    asked = np.ones(len(rows), bool) if judged is None else np.array(judged)
    return Linear(
        tuple(names),
        tuple(round(float(bias), 4) for bias in biases),
        array("b", rounded.tobytes()),
        scale,
        _temperature(unseen[asked], told[asked]),
    )


def _of_each(scores: np.ndarray, labels: int) -> np.ndarray:
    """Of two labels, scikit-learn gives the second one's only."""
    return np.stack([-scores.ravel() / 2, scores.ravel() / 2], axis=-1) if labels == 2 else scores


def _matrix(rows: Sequence[Features]) -> csr_matrix:
    values = [value for row in rows for value in row.values()]
    columns = [bucket for row in rows for bucket in row]
    starts = np.cumsum([0, *(len(row) for row in rows)])
    return csr_matrix((values, columns, starts), shape=(len(rows), BUCKETS))


def _temperature(scores: np.ndarray, told: np.ndarray) -> float:
    def loss(temperature: float) -> float:
        scaled = scores / temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        logs = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return float(-logs[np.arange(len(told)), told].mean())

    return round(float(minimize_scalar(loss, bounds=(0.2, 5), method="bounded").x), 2)
