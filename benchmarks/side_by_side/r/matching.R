# The pairs, as the row of the partner of each treated row (from 0), -1 without one. MatchIt 4.5.1 compares distances without decimals:
# scores are whole numbers, so that nothing is lost.
suppressPackageStartupMessages(library(MatchIt))
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "common.R"))
frame <- data.frame(treated = input$treated)
measured(function() {
  fit <- matchit(treated ~ 1, data = frame, method = "nearest", distance = input$score, caliper = 200000, std.caliper = FALSE,
                 m.order = arguments[2])
  partner <- as.integer(fit$match.matrix[, 1])
  ifelse(is.na(partner), -1, partner - 1)
})
