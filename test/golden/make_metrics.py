"""Writes metrics.json: what scikit-learn and SciPy make of drawn predictions.

pip install scikit-learn==1.9.1 scipy==1.17.1; python test/golden/make_metrics.py
"""
import json
import random
from pathlib import Path

from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

draw = random.Random(7)
cases = []
for n, classes, right in [(12, 2, 0.5), (40, 2, 0.9), (40, 3, 0.6), (100, 5, 0.3), (7, 2, 1.0)]:
    labels = [draw.randrange(classes) for _ in range(n)]
    own = [label if draw.random() < right else draw.randrange(classes) for label in labels]
    found = {"accuracy": accuracy_score(labels, own), "matthews": matthews_corrcoef(labels, own)}
    if classes == 2:
        found["f1"] = f1_score(labels, own)
    cases.append({"labels": labels, "predictions": own, "expected": found})
for n, noise, step in [(10, 0.5, 0.2), (60, 1.0, 0.5), (200, 0.1, 0.01), (30, 5.0, 1.0)]:
    labels = [round(draw.uniform(0, 5) / step) * step for _ in range(n)]  # ties
    own = [round((label + draw.gauss(0, noise)) / step) * step for label in labels]
    found = {"pearson": pearsonr(labels, own).statistic, "spearman": spearmanr(labels, own).statistic}
    cases.append({"labels": labels, "predictions": own, "expected": found})
body = ",\n".join(json.dumps(case) for case in cases)
Path(__file__).with_name("metrics.json").write_text(f"[\n{body}\n]\n")
