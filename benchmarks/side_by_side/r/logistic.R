source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "common.R"))
measured(function() {
  fit <- glm(input$event ~ input$x, family = binomial())
  c(coef(fit), sqrt(diag(vcov(fit))))
})
