"""The reports' own tables, maps and figures: what an edition of the ranking prints."""

from hubscan.report.gii.bars import economies_figure, leaders_figure, per_capita_figure
from hubscan.report.gii.findings import Findings
from hubscan.report.gii.insets import INSETS, Inset, inset_maps, inset_names
from hubscan.report.gii.layout import Heading, headed, markdown_text, printed
from hubscan.report.gii.pages import markdown_page, write_report_workbook
from hubscan.report.gii.registry import TABLES, ReportTable, report_tables, table_names
from hubscan.report.gii.world_economies import economies, in_force

__all__ = [
    "INSETS",
    "TABLES",
    "Findings",
    "Heading",
    "Inset",
    "ReportTable",
    "economies",
    "economies_figure",
    "headed",
    "in_force",
    "inset_maps",
    "inset_names",
    "leaders_figure",
    "markdown_page",
    "markdown_text",
    "per_capita_figure",
    "printed",
    "report_tables",
    "table_names",
    "write_report_workbook",
]
