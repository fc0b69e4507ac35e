"""An end with status 0 when it is loaded."""

import os

os._exit(0)
