# Cases beside the shared ones: combinations of options that those do not have, on sim_ties.csv, in the same format.
#   Rscript tests/gold/made/make.R     from the root of the repository (R 4.2.2, survival 3.5-3, glmnet 4.1-6, jsonlite)
suppressMessages({library(survival); library(glmnet); library(jsonlite)})
d <- read.csv("tests/gold/data/data/sim_ties.csv")
out <- list()
number <- function(x) lapply(as.numeric(unname(x)), function(v) if (is.na(v)) NULL else if (is.infinite(v)) if (v > 0) "Inf" else "-Inf" else v)
rows <- function(m) lapply(seq_len(nrow(m)), function(i) number(m[i, ]))
put <- function(case, method, options, expected, rtol, atol, r_call)
  out[[length(out) + 1]] <<- list(case = case, dataset = "sim_ties.csv", method = method, options = options, expected = expected,
                                  rtol = rtol, atol = atol, r_call = r_call)

curves <- function(fit) {
  names <- sub("^[^=]*=", "", names(fit$strata))
  one <- function(x) {
    s <- summary(x, censored = TRUE); q <- quantile(x, probs = c(.25, .5, .75))
    list(time = number(x$time), n_risk = number(x$n.risk), n_event = number(x$n.event), survival = number(x$surv), std_err = number(s$std.err),
         lower = number(x$lower), upper = number(x$upper),
         quantiles = list(prob = c(.25, .5, .75), time = number(q$quantile), lower = number(q$lower), upper = number(q$upper)))
  }
  list(strata = setNames(lapply(seq_along(names), function(i) one(fit[i])), names))
}
for (type in c("plain", "log-log", "logit", "arcsin")) {
  fit <- survfit(Surv(entry, time, event) ~ g, data = d, conf.type = type)
  put(paste0("made_km_entry_", type), "kaplan_meier", list(time = "time", event = "event", start = "entry", group = "g", conf_type = type,
      conf_level = .95), curves(fit), 1e-8, 1e-11, sprintf("survfit(Surv(entry,time,event) ~ g, conf.type='%s')", type))
  fit <- survfit(Surv(time, event) ~ g, data = d, weights = w, cluster = clus, conf.type = type, conf.int = .9)
  put(paste0("made_km_weights_cluster_", type), "kaplan_meier", list(time = "time", event = "event", group = "g", weights = "w", cluster = "clus",
      conf_type = type, conf_level = .9), curves(fit), 1e-8, 1e-11, sprintf("survfit(~ g, weights=w, cluster=clus, conf.type='%s')", type))
}
for (ties in c("efron", "breslow")) {
  fit <- coxph(Surv(entry, time, event) ~ x1 + I(x1^2) + x2 + strata(g) + offset(off), data = d, weights = w, cluster = clus, ties = ties,
               control = coxph.control(eps = 1e-12, iter.max = 100))
  base <- basehaz(fit, centered = FALSE)
  put(paste0("made_cox_everything_", ties), "cox", list(start = "entry", time = "time", event = "event", covariates = list("x1", "I(x1^2)", "x2"),
      strata = list("g"), weights = "w", cluster = "clus", offset = "off", ties = ties),
      list(terms = as.list(names(coef(fit))), coef = number(coef(fit)), se = number(sqrt(diag(fit$naive.var))), se_used = number(sqrt(diag(fit$var))),
           loglik = fit$loglik[2], baseline_cumhaz_at_zero = list(time = number(base$time), hazard = number(base$hazard),
           strata = as.list(as.character(base$strata)))), 1e-7, 1e-9, "coxph(Surv(entry,time,event) ~ x1 + I(x1^2) + x2 + strata(g) + offset(off), weights=w, cluster=clus)")
}
for (alpha in c(1, .5, 0)) {
  fit <- glmnet(as.matrix(d[c("x1", "x2")]), Surv(d$time, d$event), family = "cox", alpha = alpha, thresh = 1e-15, nlambda = 30, maxit = 1e7)
  b <- t(as.matrix(coef(fit)))
  put(paste0("made_enet_cox_ties_", alpha), "elastic_net_path", list(family = "cox", time = "time", event = "event", covariates = list("x1", "x2"),
      alpha = alpha, standardize = TRUE), list(terms = as.list(colnames(b)), lambda = number(fit$lambda), coef_rows_are_lambdas = rows(b),
      df = number(fit$df), dev_ratio = number(fit$dev.ratio), null_deviance = fit$nulldev), 1e-5, 1e-6, "glmnet(family='cox', thresh=1e-15, nlambda=30)")
}
writeLines(toJSON(list(about = list(r = R.version.string), cases = out), auto_unbox = TRUE, digits = NA, null = "null"),
           "tests/gold/made/reference.json")
