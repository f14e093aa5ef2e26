# Reads every CSV of a release with read.csv and its defaults, and prints the class of each column that has a cell.
release <- commandArgs(TRUE)[1]
options(warn = 2)
for (path in list.files(release, pattern = "[.]csv$", recursive = TRUE)) {
  table <- read.csv(file.path(release, path))
  filled <- Filter(function(column) !all(is.na(column) | column == ""), table)
  for (name in names(filled)) cat(path, name, class(filled[[name]]), "\n")
  cat(path, "(rows)", nrow(table), "\n")
}
