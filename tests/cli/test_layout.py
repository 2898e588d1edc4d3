"""The two roots are no packages: a package `platform` would hide the standard library's."""

import subprocess
import sys

from support.command import ROOT


def test_the_standard_library_keeps_its_platform():
    code = "import platform, sys; print(platform.__file__); platform.system()"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert str(ROOT) not in told.stdout
    for root in ("platform", "web"):
        assert not (ROOT / root / "__init__.py").exists()
