"""What every test may use: the folder of engines on the path, and the engines' fixtures."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "engines"))

pytest_plugins = ["postgres", "journals", "signing", "console_cast"]
