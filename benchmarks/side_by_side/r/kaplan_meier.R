library(survival)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "common.R"))
measured(function() {
  fit <- survfit(Surv(input$time, input$event) ~ input$group, conf.type = "log-log")
  end <- cumsum(fit$strata)
  begin <- end - fit$strata
  found <- c()
  for (i in seq_along(end)) {
    survival <- fit$surv[(begin[i] + 1):end[i]]
    found <- c(found, survival[length(survival)], survival[length(survival) %/% 2 + 1], fit$n.risk[begin[i] + 6])
  }
  found
})
