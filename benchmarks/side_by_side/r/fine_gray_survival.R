library(survival)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "common.R"))
measured(function() {
  frame <- data.frame(time = input$time, cause = factor(input$cause, 0:2, c("censored", "one", "two")), input$x)
  long <- finegray(Surv(time, cause) ~ ., data = frame, etype = "one")
  fit <- coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", paste(names(frame)[-(1:2)], collapse = "+"))), data = long,
               weights = fgwt, ties = "breslow")
  coef(fit)
})
