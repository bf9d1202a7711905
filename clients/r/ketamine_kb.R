# Client of a ketamine-kb service for R 4.1 and newer; needs curl and jsonlite, and metafor to pool.
#
#   source("ketamine_kb.R")
#   kb <- kb_service("http://127.0.0.1:8000", release = "2")

# A service: its address, with its path prefix if it has one, and the release to read from.
# A request that the service cannot serve now is sent up to `attempts` times in all; a wait of more
# than `max_wait` seconds is an error at once.
kb_service <- function(url, release = NULL, attempts = 4L, max_wait = 30) {
  list(
    url = sub("/+$", "", url), release = release,
    attempts = attempts, max_wait = max_wait
  )
}

# Text of a path such as "/v1/claims.csv"; named arguments are the parameters of the API.
# An error of the service is a condition of the class `kb_error`, with `status` and `problem`.
kb_text <- function(kb, path, ...) {
  handle <- curl::new_handle(useragent = "ketamine-kb-r", followlocation = TRUE)
  address <- paste0(kb$url, path, .query(c(list(...), .release(kb, list(...)))))
  for (attempt in seq_len(kb$attempts)) {
    response <- curl::curl_fetch_memory(address, handle)
    if (!response$status_code %in% c(429L, 503L) || attempt == kb$attempts) break
    seconds <- .retry_after(response)
    if (seconds > kb$max_wait) break
    Sys.sleep(seconds)
  }
  text <- rawToChar(response$content)
  Encoding(text) <- "UTF-8"
  if (response$status_code >= 400L) stop(.error(response$status_code, text))
  text
}

# JSON document of a path, such as "/v1/timeline", as nested lists.
kb_get <- function(kb, path, ...) {
  jsonlite::fromJSON(kb_text(kb, path, ...), simplifyVector = FALSE)
}

# One record of a collection, as a list.
kb_record <- function(kb, collection, slug, ...) {
  path <- paste0("/v1/", collection, "/", utils::URLencode(slug, reserved = TRUE))
  kb_get(kb, path, ...)$data
}

# All records of a collection that match, over all pages, as a list of lists.
kb_list <- function(kb, collection, limit = 500L, ...) {
  pages <- list()
  cursor <- NULL
  repeat {
    page <- kb_get(kb, paste0("/v1/", collection), limit = limit, cursor = cursor, ...)
    pages[[length(pages) + 1L]] <- page$data
    cursor <- page$page[["next"]]
    if (is.null(cursor)) break
  }
  do.call(c, pages)
}

# All records of a collection that match, as a data frame.
kb_table <- function(kb, collection, ...) {
  .data_frame(kb_text(kb, paste0("/v1/", collection, ".csv"), ...))
}

# Meta-analysis that answers a claim, as the service computes it.
kb_synthesis <- function(kb, claim, ...) {
  kb_record(kb, "claims", paste0(claim, "/synthesis"), ...)
}

# Trials that answer a claim, one a row: effect `yi`, its variance `vi`, standard error `sei`.
kb_trials <- function(kb, claim, ...) {
  .data_frame(kb_text(kb, paste0("/v1/claims/", claim, "/synthesis.csv"), ...))
}

# Trials that answer a claim, pooled with metafor.
kb_pool <- function(kb, claim, method = "REML", test = "knha", ...) {
  if (!requireNamespace("metafor", quietly = TRUE)) {
    stop("Pooling needs metafor: install.packages(\"metafor\").", call. = FALSE)
  }
  trials <- kb_trials(kb, claim, ...)
  metafor::rma(
    yi = trials$yi, vi = trials$vi, slab = trials$study,
    method = method, test = test
  )
}

# Query of an address: vectors become lists with commas, NULL is left out.
.query <- function(parameters) {
  parameters <- Filter(Negate(is.null), parameters)
  if (length(parameters) == 0L) return("")
  value <- function(x) {
    if (is.logical(x)) x <- tolower(as.character(x))
    utils::URLencode(paste(enc2utf8(as.character(x)), collapse = ","), reserved = TRUE)
  }
  paste0("?", paste0(names(parameters), "=", vapply(parameters, value, ""), collapse = "&"))
}

.release <- function(kb, parameters) {
  if ("release" %in% names(parameters)) list() else list(release = kb$release)
}

.data_frame <- function(text) {
  utils::read.csv(text = text, encoding = "UTF-8", check.names = FALSE, na.strings = "")
}

# Seconds of Retry-After, which is a number or a date (RFC 9110); one second without it.
.retry_after <- function(response) {
  value <- curl::parse_headers_list(response$headers)[["retry-after"]]
  if (is.null(value)) return(1)
  if (grepl("^[0-9]+$", value)) return(as.numeric(value))
  seconds <- as.numeric(curl::parse_date(value)) - as.numeric(Sys.time())
  if (is.na(seconds)) 1 else max(0, seconds)
}

# Condition of a problem document (RFC 9457); a proxy may answer in a format of its own.
.error <- function(status, text) {
  problem <- tryCatch(
    jsonlite::fromJSON(text, simplifyVector = FALSE),
    error = function(condition) list(detail = paste("The service answered with status", status))
  )
  reasons <- vapply(problem$errors, function(error) error$message, "")
  message <- paste(c(problem$detail, reasons), collapse = " ")
  structure(
    class = c("kb_error", "error", "condition"),
    list(message = message, call = NULL, status = status, problem = problem)
  )
}
