"""Reports on campaigns: counts as JSON and the Excel workbook.  They read the database and change nothing."""
