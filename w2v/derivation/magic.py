"""The `%%derive NAME` cell: its text is checked, shown with its verdicts, and kept for marking."""


def register() -> None:
    """Make `%%derive` known to the running IPython shell; without one, nothing happens."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.register_magic_function(derive_cell, "cell", "derive")


def derive_cell(line: str, cell: str) -> None:
    """Check the derivation that `line` names and display it with a verdict for every line."""
    from IPython.display import display

    from w2v.derivation import derive
    from w2v.workbook import current

    name = line.strip()
    current().derivations[name] = cell
    display(derive(name, cell))
