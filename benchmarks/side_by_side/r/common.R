# Reads the input, does the work once and prints what it took, as one line of JSON. Matrices lie in the file column by column.
status <- function(which) {
  line <- grep(which, readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line))
}
read_input <- function(folder) {
  shapes <- read.csv(file.path(folder, "shapes.csv"), stringsAsFactors = FALSE)
  input <- list()
  for (i in seq_len(nrow(shapes))) {
    values <- readBin(file.path(folder, paste0(shapes$name[i], ".bin")), "double", shapes$rows[i] * shapes$columns[i])
    if (shapes$columns[i] > 1) dim(values) <- c(shapes$rows[i], shapes$columns[i])
    input[[shapes$name[i]]] <- values
  }
  input
}
measured <- function(work) {
  invisible(gc())
  try(writeLines("5", "/proc/self/clear_refs"), silent = TRUE)
  held <- status("VmRSS")
  took <- system.time(answer <- work())
  memory <- (status("VmHWM") - held) / 1024
  numbers <- paste(ifelse(is.finite(answer), sprintf("%.17g", answer), "null"), collapse = ",")
  cat(sprintf('{"wall": %.6f, "cpu": %.6f, "memory": %.3f, "answer": [%s]}\n', took[["elapsed"]],
              took[["user.self"]] + took[["sys.self"]], memory, numbers))
}
arguments <- commandArgs(trailingOnly = TRUE)
input <- read_input(arguments[1])
