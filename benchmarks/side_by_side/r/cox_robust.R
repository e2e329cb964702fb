library(survival)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "common.R"))
measured(function() {
  fit <- coxph(Surv(input$time, input$event) ~ input$x, ties = "efron", robust = TRUE)
  c(coef(fit), sqrt(diag(vcov(fit))))
})
