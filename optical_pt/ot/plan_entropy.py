"""How far a transport plan is from an alignment."""

from __future__ import annotations

import torch
from torch import Tensor


@torch.no_grad()
def plan_entropy(plan: Tensor) -> Tensor:
    r"""Normalised entropy of transport plans: 0 for an alignment, 1 for independence.

    With H the entropy, a and b the marginals of the plan P and I their mutual information,

    .. math:: 1 - \frac{I(P)}{\min(H(a), H(b))}
        = \frac{H(P) - \max(H(a), H(b))}{\min(H(a), H(b))}

    It is 0 where each token of one sentence takes its mass from whole tokens of the other, and 1
    where the plan is the product of its marginals, which tells nothing of the tokens. Exact plans
    of sentences of different lengths split some tokens and are a little above 0.

    Args:
        plan: ``(batch, m, n)`` non-negative masses of any total, zero on padding.

    Returns:
        ``(batch,)`` in [0, 1], in the plan's dtype. 1 where a sentence has one token, as there is
        no other plan; NaN where a plan has no mass.

    >>> plan_entropy(torch.tensor([[[0.5, 0.0], [0.0, 0.5]], [[0.25, 0.25], [0.25, 0.25]]]))
    tensor([0., 1.])
    """
    joint = plan / plan.sum(dim=(1, 2), keepdim=True)
    both = _entropy(joint.flatten(1))
    source, target = _entropy(joint.sum(dim=2)), _entropy(joint.sum(dim=1))
    less, more = torch.minimum(source, target), torch.maximum(source, target)
    share = ((both - more) / less).clamp(0, 1)
    return torch.where(less > 1e-6, share, torch.where(both.isnan(), both, 1))


def _entropy(masses: Tensor) -> Tensor:
    """Of each row, in nats; rounding may leave it just off 0."""
    return -torch.xlogy(masses, masses).sum(dim=1)
