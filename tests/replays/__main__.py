"""`make goldens`: writes anew what is kept of the series. The pages beside it are written by hand."""

import shutil

from tests.replays.series import ALL, told_of


def main() -> None:
    """Write all of it; a moment that is asked about no more is removed."""
    for series in ALL:
        made = told_of(series)
        shutil.rmtree(series.folder / "explained", ignore_errors=True)
        (series.folder / "explained").mkdir()
        for name, text in made.items():
            (series.folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
