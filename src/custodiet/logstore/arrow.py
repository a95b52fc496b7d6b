"""What is asked of Arrow. Its type stubs cannot tell these calls from others, so they pass through here unchecked."""

from __future__ import annotations

from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute

#: A pyarrow.Array: a column, or a piece of one.
Values: TypeAlias = Any

#: Arrow's functions on columns.
compute: Any = pyarrow.compute
from_buffers: Any = pa.Array.from_buffers
