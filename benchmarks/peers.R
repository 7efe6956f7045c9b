# The R package dbscan on unit vectors, weighted: prints seconds, CPU seconds and clusters as JSON.
# Rscript benchmarks/peers.R FILE COUNT; the file holds x, y, z, weights, chord, threshold (float64).
suppressPackageStartupMessages(library(dbscan))
given <- commandArgs(trailingOnly = TRUE)
count <- as.integer(given[2])
numbers <- readBin(given[1], "double", 4 * count + 2)
columns <- matrix(numbers[1:(4 * count)], ncol = 4)
reach <- numbers[4 * count + 1]
least <- numbers[4 * count + 2]
took <- system.time(found <- dbscan(columns[, 1:3], reach, least, weights = columns[, 4]))
cat(sprintf(
  '{"cpu": %.4f, "wall": %.4f, "clusters": %d}\n',
  took[["user.self"]] + took[["sys.self"]], took[["elapsed"]], max(found$cluster)
))
