library(survival)
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "common.R"))
measured(function() survdiff(Surv(input$time, input$event) ~ input$group)$chisq)
