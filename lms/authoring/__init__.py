"""From files to published revisions: reading a content folder, checking it whole, publishing it."""
