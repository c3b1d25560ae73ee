"""A pruned model beside dense on the same examples: never two bare accuracies."""
import math

import torch


def mcnemar(lost: int, won: int) -> float:
    """Two-sided exact p: would so unequal a split of the discordant examples come by chance?"""
    n = lost + won
    tail = sum(math.comb(n, i) for i in range(min(lost, won) + 1)) / 2 ** n
    return min(1.0, 2 * tail)


def difference_interval(lost: int, won: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """95 % interval of the paired difference of two accuracies (Agresti and Min 2005: Wald with half a count in every cell)."""
    b, c, n = lost + 0.5, won + 0.5, n + 2
    middle, half = (c - b) / n, z * math.sqrt((b + c) - (c - b) ** 2 / n) / n
    return max(-1.0, middle - half), min(1.0, middle + half)


def f1(predicted: torch.Tensor, labels: torch.Tensor) -> float:
    """Of class 1, as GLUE has it for MRPC."""
    hits = ((predicted == 1) & (labels == 1)).sum().item()
    return 2 * hits / max(1, (predicted == 1).sum().item() + (labels == 1).sum().item())


def compared(predicted: torch.Tensor, dense: torch.Tensor, labels: torch.Tensor) -> dict:
    """Labels [n] of the pruned and of the dense model beside the truth. difference and interval are shares, pruned minus dense."""
    n, right, was = len(labels), predicted == labels, dense == labels
    lost, won = int((was & ~right).sum()), int((right & ~was).sum())
    return {"accuracy": right.double().mean().item(), "f1": f1(predicted, labels), "flips": (predicted != dense).double().mean().item(),
            "rightToWrong": lost, "wrongToRight": won, "difference": (won - lost) / n, "interval": list(difference_interval(lost, won, n)),
            "mcnemar": mcnemar(lost, won)}
