"""The reports' own tables, maps and figures: what an edition of the ranking prints."""

from hubscan.report.gii.findings import Findings
from hubscan.report.gii.layout import Heading, headed, markdown_text, printed
from hubscan.report.gii.registry import TABLES, ReportTable, report_tables, table_names
from hubscan.report.gii.world_economies import economies

__all__ = [
    "TABLES",
    "Findings",
    "Heading",
    "ReportTable",
    "economies",
    "headed",
    "markdown_text",
    "printed",
    "report_tables",
    "table_names",
]
