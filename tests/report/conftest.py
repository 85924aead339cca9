"""One browser for all pages, and what `scalerctl` writes."""

from browser import chromium  # noqa: F401
from written import crowded_report, plot_files, plot_page, plot_picture, report, timeline_file  # noqa: F401
