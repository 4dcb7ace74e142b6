"""Where bf16 products are faster than float32 ones."""

from __future__ import annotations

BF16_UNITS = ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16")


def multiplies_bf16(device: str) -> bool:
    """Whether a device multiplies bf16 in its own units; elsewhere bf16 only takes longer.

    Args:
        device: such as ``"cpu"`` or ``"cuda:0"``; devices other than CPU and CUDA do not.
    """
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if kind != "cpu":
        return False
    if not hasattr(torch.cpu, "get_capabilities"):  # older versions of torch know Intel's units
        return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(unit, False) for unit in BF16_UNITS)
