package io.meridiandb.spanserver.tablet;

/**
 * Roughly how large a tablet is.
 *
 * @param memoryBytes bytes of its memtables
 * @param fileBytes bytes of its files
 * @param fileVersions versions in its files; one row has one or more
 * @param runs runs of files, each of which a read may have to look at
 * @param files open files
 */
public record TabletStats(
    long memoryBytes, long fileBytes, long fileVersions, int runs, int files) {}
