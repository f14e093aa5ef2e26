"""What can be wrong in a file that comes well: the damage of `tests.damage`, each with its name and a sentence."""

from __future__ import annotations

from tests.damage import cells, periods, whole_files
from tests.damage.cells import edited
from tests.damage.good_files import ENGLAND, TOWER_HAMLETS
from tests.damage.whole_files import text_only
from tests.faults.fault import ContentFault

FAULTS = (
    ContentFault(
        "no fault",
        "The good file, read and written again: the corpus itself changes nothing.",
        whole_files.unchanged,
    ),
    ContentFault(
        "byte-order mark",
        "The file begins with a byte-order mark.",
        text_only(whole_files.with_byte_order_mark),
    ),
    ContentFault(
        "Windows-1252",
        "The file is in the encoding of old Windows.",
        whole_files.in_windows_1252,
        rewords=("note",),
    ),
    ContentFault(
        "UTF-16",
        "The file is in UTF-16, as Excel's “Unicode text” is.",
        text_only(whole_files.in_utf_16),
    ),
    ContentFault(
        "CRLF",
        "Lines end as on Windows.",
        text_only(lambda content: content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")),
    ),
    ContentFault(
        "CR only",
        "Lines end as on an old Macintosh.",
        text_only(lambda content: content.replace(b"\r\n", b"\n").replace(b"\n", b"\r")),
    ),
    ContentFault(
        "semicolons",
        "Columns are separated as on the continent.",
        text_only(lambda content: content.replace(b",", b";")),
    ),
    ContentFault(
        "header only", "A header and no row under it.", edited(cells.without_rows), loses=True
    ),
    ContentFault(
        "cut at a line",
        "The file ends early, after a whole line.",
        text_only(whole_files.cut_at_a_line),
        loses=True,
    ),
    ContentFault(
        "cut in mid-line",
        "The file ends early, within a line or within the zip.",
        whole_files.cut_in_mid_line,
    ),
    ContentFault(
        "columns reordered",
        "The columns come in another order.",
        edited(cells.reversed_columns, cells.rotated_columns),
    ),
    ContentFault(
        "a figure's column renamed",
        "A column of figures has another name.",
        edited(cells.renamed(cells.values, 0), cells.renamed(cells.values)),
        loses=True,
    ),
    ContentFault(
        "a period's column renamed",
        "A column of periods has another name.",
        edited(cells.renamed(cells.when)),
        loses=True,
    ),
    ContentFault(
        "a column added",
        "There is a column that was not there: in front, in the middle, at the end.",
        edited(*map(cells.with_new_column, (0, 1, None))),
        rewords=("note",),
    ),
    ContentFault(
        "an unnamed column added",
        "There is a column without a name.",
        edited(cells.with_new_column(0, ""), cells.with_new_column(None, "")),
        rewords=("note",),
    ),
    ContentFault(
        "a column doubled",
        "A column of figures stands twice, with other figures the second time.",
        edited(cells.with_doubled_column(first=False), cells.with_doubled_column(first=True)),
    ),
    ContentFault(
        "a sheet renamed", "The sheet has another name.", whole_files.renamed_sheet, loses=True
    ),
    ContentFault(
        "a sheet doubled", "The sheet stands twice, with other figures.", whole_files.doubled_sheet
    ),
    ContentFault(
        "a title row more", "There is a row above all others.", edited(cells.with_title_row)
    ),
    ContentFault(
        "an empty row", "There is an empty row under the header.", edited(cells.with_empty_row)
    ),
    ContentFault(
        "percentages as fractions",
        "23.8 % is written 0.238, everywhere.",
        edited(cells.scaled(0.01, cells.as_fractions)),
    ),
    ContentFault(
        "percentages as fractions this year",
        "The same in the latest period only.",
        edited(periods.scaled_latest(0.01, cells.as_fractions)),
    ),
    ContentFault(
        "fractions as percentages",
        "0.238 is written 23.8, everywhere.",
        edited(cells.scaled(100, cells.as_percentages)),
        rewords=("source_text",),
    ),
    ContentFault(
        "fractions as percentages this year",
        "The same in the latest period only.",
        edited(periods.scaled_latest(100, cells.as_percentages)),
        rewords=("source_text",),
    ),
    ContentFault(
        "percentages a hundredfold",
        "23.8 % is written 2380, everywhere.",
        edited(cells.scaled(100, cells.as_fractions)),
    ),
    ContentFault(
        "figures in thousands",
        "Every count, amount and score is divided by a thousand.",
        edited(cells.scaled(0.001, cells.amounts)),
    ),
    ContentFault(
        "thousands separators",
        "1234 is written 1,234; or with a space; or with an apostrophe.",
        edited(*map(cells.separated, (",", " ", "’", "\u00a0"))),
        rewords=("source_text",),
    ),
    ContentFault(
        "a symbol never seen",
        f"A figure is {', '.join(cells.NEITHER_NUMBER_NOR_SYMBOL)}.",
        edited(*map(cells.with_symbol, cells.NEITHER_NUMBER_NOR_SYMBOL)),
        loses=True,
        rewords=("source_text", "note"),
    ),
    ContentFault(
        "a cell emptied",
        "A figure is missing without a reason.",
        edited(cells.with_symbol("")),
        loses=True,
        rewords=("source_text", "note"),
    ),
    ContentFault(
        "the area missing", "Tower Hamlets is not there.", edited(cells.without_area(TOWER_HAMLETS))
    ),
    ContentFault("England missing", "England is not there.", edited(cells.without_area(ENGLAND))),
    ContentFault(
        "the area doubled", "Tower Hamlets stands twice, the same.", edited(cells.area_again(1))
    ),
    ContentFault(
        "the area doubled, with other figures",
        "Tower Hamlets stands twice, and differs.",
        edited(cells.area_again(1.1)),
    ),
    ContentFault(
        "the area renamed, same code",
        "Tower Hamlets has another name beside its code.",
        edited(cells.area_renamed),
    ),
    ContentFault("the area recoded", "Tower Hamlets has another code.", edited(cells.area_recoded)),
    ContentFault(
        "the last period lost",
        "The latest period is gone: last year's file again.",
        periods.period_lost(-1),
        loses=True,
    ),
    ContentFault(
        "the oldest period rolled off",
        "The oldest period is gone, as from a window that rolls on; no newer one has come.",
        periods.period_lost(0),
        loses=True,
    ),
    ContentFault(
        "a period lost in the middle",
        "One period is gone, and those around it are there.",
        periods.period_lost(1),
        loses=True,
    ),
    ContentFault(
        "all years shifted",
        "Every period is called by the year after it.",
        periods.years_shifted(1, all_of_them=True),
    ),
    ContentFault(
        "all years shifted back",
        "Every period is called by the year before it.",
        periods.years_shifted(-1, all_of_them=True),
    ),
    ContentFault(
        "the last year shifted",
        "The latest period is called by the year after it.",
        periods.years_shifted(1, all_of_them=False),
    ),
    ContentFault(
        "shifted into the future",
        "Every period is called by a year ten years on.",
        periods.years_shifted(10, all_of_them=True),
    ),
    ContentFault(
        "zip bomb",
        "A workbook whose sheet inflates to 150 MB, also with sizes that lie, or a far cell.",
        whole_files.zip_bombs,
    ),
    ContentFault(
        "entity bomb",
        "Entities of entities, in a workbook or in a page instead of the file.",
        whole_files.entity_bombs,
    ),
    ContentFault(
        "a formula in a text cell",
        "A cell of words begins with = and would act in a spreadsheet.",
        edited(cells.with_formula),
        rewords=("note",),
    ),
    ContentFault(
        "a formula for the area's code",
        "The code or name of the area begins with =.",
        edited(cells.with_formula_as_area),
        loses=True,
    ),
)
"""Every fault of a file, by its name in the table of outcomes."""
