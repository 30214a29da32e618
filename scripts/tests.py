"""Run the tests in two halves side by side, but for the slow ones on the emulator; the half that is shown last waits.

Half of the time goes to what is synthesized whole or deployed, and a machine has two cores at least.
"""

import subprocess
import sys
import tempfile

_PYTEST = (sys.executable, "-m", "pytest", "-m", "not slow_e2e")
_DEPLOYED = ("tests/conformance", "tests/e2e", "tests/emulator")
"""What synthesizes every pattern, or runs on the emulator."""


def main() -> int:
    """Return the exit code: that of the first half that fails."""
    with tempfile.TemporaryFile() as output:
        deployed = subprocess.Popen((*_PYTEST, *_DEPLOYED), stdout=output, stderr=subprocess.STDOUT)
        try:
            code = subprocess.run((*_PYTEST, *(f"--ignore={folder}" for folder in _DEPLOYED)), check=False).returncode
            code = deployed.wait() or code
        except BaseException:
            deployed.wait()  # Ctrl-C goes to both halves
            raise
        finally:
            output.seek(0)
            sys.stdout.buffer.write(output.read())
            sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
