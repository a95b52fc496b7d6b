"""`python -m custodiet` is the command `custodiet`."""

from custodiet.cli import main

main()
