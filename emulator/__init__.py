"""Our launcher of ministack, an emulator of AWS, with corrections after what AWS documents.

It runs in an environment of its own: ``.venv-emulator/bin/python -m emulator --port N``.
"""
