package io.meridiandb.server.command;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.system.FileDisk;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.log.LogInspector;
import io.meridiandb.server.config.ConfigException;
import io.meridiandb.spanserver.tablet.TabletInspector;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ./meridian inspect}: prints a log segment, a manifest or a tablet file; changes nothing.
 */
@Command(
    name = "inspect",
    description =
        "Print a log segment, a tablet's MANIFEST or a tablet file. Row values are not shown.",
    mixinStandardHelpOptions = true)
public final class InspectCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A file of a data folder.")
  Path file = Path.of("");

  @Option(
      names = "--versions",
      paramLabel = "N",
      description = "Most versions of a tablet file to print (default: ${DEFAULT-VALUE}).")
  int versions = 100;

  @Option(
      names = "--checksum",
      description = "With a MANIFEST: read its files and print a checksum to compare replicas by.")
  boolean checksum;

  @Override
  public Integer call() throws IOException {
    Path absolute = file.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (folder == null || !Files.isRegularFile(absolute)) {
      throw new ConfigException("there is no file " + file);
    }
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    String name = String.valueOf(absolute.getFileName());
    if (name.equals("MANIFEST")) {
      Disk disk = new FileDisk(folder);
      TabletInspector.printManifest(disk, name, out::println);
      Path above = folder.getParent();
      if (checksum && above != null) {
        TabletInspector.printChecksum(
            new FileDisk(above), String.valueOf(folder.getFileName()), Timestamp.MAX, out::println);
      }
    } else if (name.endsWith(".log")) {
      LogInspector.print(new FileDisk(folder), name, out::println);
    } else {
      Path above = folder.getParent();
      if (above == null || !Files.exists(folder.resolve("MANIFEST"))) {
        throw new ConfigException(
            "%s is no log segment (*.log), no MANIFEST, and lies beside none".formatted(file));
      }
      TabletInspector.printFile(
          new FileDisk(above), String.valueOf(folder.getFileName()), name, versions, out::println);
    }
    out.flush();
    return 0;
  }
}
