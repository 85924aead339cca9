"""One browser for all pages, and what `scalerctl` writes."""

from browser import chromium  # noqa: F401
from written import (  # noqa: F401
    crowded_report,
    narrow_plot_picture,
    narrow_timeline_file,
    plot_files,
    plot_page,
    plot_picture,
    report,
    timeline_file,
)
