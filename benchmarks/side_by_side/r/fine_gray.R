# cmprsk::crr takes time that grows with the square of the rows: the share of rows is given.
suppressPackageStartupMessages(library(cmprsk))
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "common.R"))
measured(function() {
  fit <- crr(input$time, input$cause, input$x, gtol = 1e-12)
  c(fit$coef, sqrt(diag(fit$var)))
})
