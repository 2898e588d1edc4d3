"""`python -m oklik`: the command `oklik`, where nothing has put it on the path."""

from oklik.cli import main

if __name__ == "__main__":
    main()
