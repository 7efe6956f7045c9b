"""The reports' own tables, maps and figures: what an edition of the ranking prints."""

from hubscan.report.gii.findings import Findings
from hubscan.report.gii.layout import Heading, headed, markdown_text, printed
from hubscan.report.gii.pages import markdown_page, write_report_workbook
from hubscan.report.gii.registry import TABLES, ReportTable, report_tables, table_names
from hubscan.report.gii.world_economies import economies, in_force

__all__ = [
    "TABLES",
    "Findings",
    "Heading",
    "ReportTable",
    "economies",
    "headed",
    "in_force",
    "markdown_page",
    "markdown_text",
    "printed",
    "report_tables",
    "table_names",
    "write_report_workbook",
]
