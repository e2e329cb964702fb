library(survival)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "common.R"))
measured(function() {
  cause <- factor(input$cause, 0:2, c("censored", "one", "two"))
  fit <- survfit(Surv(input$time, cause) ~ input$group)
  last <- cumsum(fit$strata)
  c(t(fit$pstate[last, 2:3]), t(fit$std.err[last, 2:3]))
})
