from typing import Any
import numpy as np

def evaluate(function: Any, x: Any, upstream: Any, parameters: Any) -> Any:
    dtype = x.dtype if x.dtype.kind == "f" or x.dtype.name == "bfloat16" else np.dtype(float)
    x64 = x.astype(np.float64)
    with np.errstate(all="ignore"):
        y = function.evaluate(np.clip(x64, -1500, 1500) if not function.exact else x64, **parameters)
        if not function.exact:
            y = np.where(x64 > 1500, x64 if np.isinf(function.limits[1]) else function.limits[1], y)
            y = np.where(x64 < -1500, x64 if np.isinf(function.limits[0]) else function.limits[0], y)
        if upstream is not None:
            y = y * upstream.astype(float)
        return y.astype(dtype)[()]
