"""`python -m oncograph` is the command `oncograph`."""

from oncograph.cli import main

if __name__ == "__main__":
    main()
