"""What vLLM's workers do for us: take new weights. Loaded by vLLM by name, in each of its workers."""

from pkgutil import resolve_name
from typing import Any

import torch
from vllm.platforms import current_platform


class WeightsExtension:
    """Methods that vLLM adds to its worker; `self` is the worker."""

    model_runner: Any

    def take_weights(self, folder: str) -> None:
        """Take the weights of an exported model folder.

        vLLM's CPU build packs linear layers when it loads them. A head that is tied to the embedding is not
        packed again by `reload_weights`, and would go on with the old weights without a word.
        """
        self.model_runner.reload_weights(weights_path=folder)
        if not current_platform.is_cpu():
            return
        pack = resolve_name("vllm.model_executor.layers.utils:dispatch_cpu_unquantized_gemm")
        for module in self.model_runner.model.modules():
            weight = getattr(module, "weight", None)
            if hasattr(module, "cpu_linear") and isinstance(weight, torch.Tensor) and weight.numel():
                pack(module, remove_weight=False)
