# Cases beside the shared ones: combinations of options that those do not have, on sim_ties.csv and simcer.csv, in the same format.
#   Rscript tests/gold/made/make.R     from the root of the repository (R 4.2.2, survival 3.5-3, glmnet 4.1-6, sandwich 3.0-2, jsonlite)
suppressMessages({library(survival); library(glmnet); library(jsonlite)})
d <- read.csv("tests/gold/data/data/sim_ties.csv")
out <- list()
number <- function(x) lapply(as.numeric(unname(x)), function(v) if (is.na(v)) NULL else if (is.infinite(v)) if (v > 0) "Inf" else "-Inf" else v)
rows <- function(m) lapply(seq_len(nrow(m)), function(i) number(m[i, ]))
put <- function(case, method, options, expected, rtol, atol, r_call, dataset = "sim_ties.csv")
  out[[length(out) + 1]] <<- list(case = case, dataset = dataset, method = method, options = options, expected = expected,
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
model <- function(case, outcome, terms, family, link, weights = NULL, start = NULL) {
  call <- list(reformulate(unlist(terms), outcome), family = do.call(family, list(link = link)), data = d,
               control = glm.control(epsilon = 1e-14, maxit = 200))
  options <- list(outcome = outcome, covariates = terms, family = family, link = link)
  if (!is.null(weights)) { call$weights <- d[[weights]]; options$weights <- weights }
  if (!is.null(start)) { call$start <- start; options$start <- as.list(start) }
  fit <- suppressWarnings(do.call(glm, call)); s <- summary(fit)
  clustered <- function(type) number(sqrt(diag(sandwich::vcovCL(fit, cluster = d$clus, type = type, cadjust = type == "HC1"))))
  expected <- list(terms = as.list(names(coef(fit))), coef = number(coef(fit)), se = number(s$coef[, 2]), p = number(s$coef[, 4]),
    deviance = fit$deviance, null_deviance = fit$null.deviance, dispersion = s$dispersion, df_residual = fit$df.residual,
    se_hc0 = number(sqrt(diag(sandwich::vcovHC(fit, "HC0")))), se_hc3 = number(sqrt(diag(sandwich::vcovHC(fit, "HC3")))),
    se_cluster_cr0 = clustered("HC0"), se_cluster_cr1 = clustered("HC1"))
  if (!grepl("quasi", family)) { expected$aic <- fit$aic; expected$loglik <- as.numeric(logLik(fit)) }
  put(paste0("made_glm_", case), "glm", c(options, list(cluster = "clus")), expected, 1e-7, 1e-9, sprintf("glm(%s(%s), epsilon=1e-14)", family, link))
}
for (link in c("inverse", "log", "identity")) model(paste0("gamma_", link), "time", if (link == "identity") list("x2") else list("x1", "x2"), "Gamma", link, "w")
for (link in c("1/mu^2", "inverse", "log")) model(paste0("inverse_gaussian_", sub("1/mu.2", "inverse_square", link)), "time", list("x2"), "inverse.gaussian", link)
for (link in c("probit", "cauchit", "cloglog")) model(paste0("binomial_", link), "event", list("x1", "g"), "binomial", link, "w")
for (link in c("log", "sqrt", "identity")) model(paste0("poisson_", link), "time", if (link == "identity") list("x2", "g") else list("x2", "x1*g"),
  if (link == "sqrt") "quasipoisson" else "poisson", link)
for (link in c("log", "inverse")) model(paste0("gaussian_", link), "time", list("x1", "I(x1^2)"), "gaussian", link, "w")

for (dist in c("gaussian", "logistic", "extreme")) {
  fit <- survreg(Surv(time, event) ~ x1 + x2, data = d, weights = w, dist = dist, control = survreg.control(rel.tolerance = 1e-13, maxiter = 200))
  put(paste0("made_aft_", dist), "parametric_aft", list(time = "time", event = "event", covariates = list("x1", "x2"), dist = dist, weights = "w"),
      list(terms = as.list(names(coef(fit))), coef = number(coef(fit)), scale = fit$scale, se = number(sqrt(diag(fit$var))), loglik = fit$loglik[2],
           loglik_null = fit$loglik[1]), 1e-6, 1e-8, sprintf("survreg(dist='%s', weights=w)", dist))
}
for (rho in c(-1, 2)) {
  fit <- survdiff(Surv(time, event) ~ x2 + strata(g), data = d, rho = rho)
  put(paste0("made_logrank_rho_", rho), "logrank", list(time = "time", event = "event", group = "x2", strata = list("g"), rho = rho),
      list(groups = as.list(sub("x2=", "", names(fit$n))), observed = number(rowSums(fit$obs)), expected = number(rowSums(fit$exp)),
           variance = rows(fit$var), chisq = fit$chisq), 1e-9, 1e-12, sprintf("survdiff(~ x2 + strata(g), rho=%g)", rho))
}
s <- read.csv("tests/gold/data/data/simcer.csv")
net <- function(case, family, columns, outcome, alpha, factor) {
  fit <- glmnet(as.matrix(s[columns]), s[[outcome]], family = family, alpha = alpha, penalty.factor = factor, thresh = 1e-15, nlambda = 20, maxit = 1e7)
  b <- t(as.matrix(coef(fit)))
  put(paste0("made_enet_", case), "elastic_net_path", list(family = family, outcome = outcome, covariates = as.list(columns), alpha = alpha,
      standardize = TRUE, penalty_factor = as.list(factor)), list(terms = as.list(colnames(b)), lambda = number(fit$lambda),
      coef_rows_are_lambdas = rows(b), df = number(fit$df), dev_ratio = number(fit$dev.ratio), null_deviance = fit$nulldev), 1e-5, 1e-6,
      "glmnet(thresh=1e-15, nlambda=20)", "simcer.csv")
}
net("ridge_free_column", "binomial", c("x1", "x2", "b1"), "y", 0, c(0, 1, 2))
net("poisson", "poisson", c("x1", "x2", "b1", "treat"), "y", .5, c(1, 1, 1, 1))

for (design in list(list(kind = "t", delta = 2, power = .8), list(kind = "t", delta = 1, sd = .7, power = .9, type = "paired")))
  put(paste0("made_power_", design$delta), "power", design,
      list(n_per_group = do.call(power.t.test, design[names(design) != "kind"])$n), 1e-6, 1e-9, "power.t.test", "tables2x2.csv")
put("made_power_proportions", "power", list(kind = "two_prop", p1 = .02, p2 = .3, power = .8),
    list(n_per_group = power.prop.test(p1 = .02, p2 = .3, power = .8)$n), 1e-6, 1e-9, "power.prop.test", "tables2x2.csv")
writeLines(toJSON(list(about = list(r = R.version.string), cases = out), auto_unbox = TRUE, digits = NA, null = "null"),
           "tests/gold/made/reference.json")
