# A program with the client of clients/r: Rscript r_client.R URL URL_OF_A_BUSY_SERVICE.
source("ketamine_kb.R")
arguments <- commandArgs(trailingOnly = TRUE)
kb <- kb_service(arguments[1])

# Lists are read over all their pages, each record once.
total <- kb_get(kb, "/v1/claims", limit = 1L)$page$total
slugs <- vapply(kb_list(kb, "claims", limit = 50L), function(claim) claim$slug, "")
stopifnot(length(slugs) == total, total > 100L, !anyDuplicated(slugs))
none <- kb_list(kb, "claims", slug = "ketamine-relieves-ptsd", background = TRUE)
stopifnot(length(none) == 0L)

# A record; text that is not ASCII; several values of a filter.
claim <- kb_record(kb, "claims", "ketamine-relieves-ptsd", include = "verdict")
stopifnot(claim$verdict == "inconclusive")
verdicts <- vapply(
  kb_list(kb, "claims", verdict = c("contested", "inconclusive")),
  function(claim) claim$verdict, ""
)
stopifnot(setequal(verdicts, c("contested", "inconclusive")))
search <- kb_get(kb, "/v1/search", q = "GluN2B-\u00b5 & caf\u00e9?")
stopifnot(is.list(search$data))

# A data frame has a row for each record, and typed columns.
claims <- kb_table(kb, "claims")
stopifnot(nrow(claims) == total, setequal(claims$slug, slugs))
stopifnot(is.numeric(claims$studies_for), !anyNA(claims$name))

# The trials, pooled with metafor, agree with the service.
slug <- "esketamine-relieves-treatment-resistant-depression"
pooled <- kb_pool(kb, slug, method = "DL", test = "z")
service <- kb_synthesis(kb, slug, method = "dl")$pooled
stopifnot(pooled$k == service$k)
stopifnot(all.equal(as.numeric(pooled$beta), service$estimate, tolerance = 1e-6))
stopifnot(all.equal(pooled$ci.lb, service$lower, tolerance = 1e-6))
stopifnot(all.equal(pooled$ci.ub, service$upper, tolerance = 1e-6))

# Errors are conditions with the problem document of the service.
failure <- function(expression) {
  tryCatch({
    expression
    stop("the request succeeded")
  }, kb_error = identity)
}
missing <- failure(kb_record(kb, "claims", "ketamine-relieves-ptd"))
stopifnot(missing$status == 404L, length(missing$problem$did_you_mean) > 0L)
invalid <- failure(kb_list(kb, "claims", verdit = "contested"))
stopifnot(invalid$status == 422L, grepl("verdict", conditionMessage(invalid)))

# A release is read on every page.
pinned <- kb_service(arguments[1], release = "1")
stopifnot(kb_get(pinned, "/v1/claims", limit = 1L)$meta$release == "1")
stopifnot(length(kb_list(pinned, "claims", limit = 100L)) == total)
unknown <- failure(kb_list(kb_service(arguments[1], release = "99"), "claims"))
stopifnot(grepl("99", conditionMessage(unknown)))

# A busy service: Retry-After in seconds and as a date, too long, and again and again.
busy <- function(prefix) kb_service(paste0(arguments[2], "/", prefix))
stopifnot(length(kb_list(busy("passing"), "claims")) == 0L)
for (prefix in c("hour", "always")) {
  error <- failure(kb_list(busy(prefix), "claims"))
  stopifnot(error$status == 503L, conditionMessage(error) == "Repeat the request later.")
}
