package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.simulated.StoredFile.Loss;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The names on a disk: as the running server sees them, and as a loss of power would leave them. A
 * change of names is durable once one of its folders was forced.
 */
final class Names {
  /** One step: what each path stands for afterwards; null removes it. */
  private record Change(Map<String, @Nullable StoredFile> names) {
    Set<String> folders() {
      Set<String> folders = new TreeSet<>();
      names.keySet().forEach(path -> folders.add(folderOf(path)));
      return folders;
    }

    void apply(Map<String, StoredFile> to) {
      names.forEach((path, file) -> {
        if (file == null) {
          to.remove(path);
        } else {
          to.put(path, file);
        }
      });
    }
  }

  private final Map<String, StoredFile> seen = new TreeMap<>();
  private final Map<String, StoredFile> durable = new TreeMap<>();
  private final List<Change> unforced = new ArrayList<>();
  private final Set<String> folders = new TreeSet<>();
  private final Set<String> durableFolders = new TreeSet<>();

  static String folderOf(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  @Nullable StoredFile file(String path) {
    return seen.get(path);
  }

  boolean folder(String path) {
    return path.isEmpty() || folders.contains(path);
  }

  Map<String, StoredFile> all() {
    return seen;
  }

  /** The names of files and folders directly in {@code folder}, sorted. */
  List<String> list(String folder) {
    Set<String> names = new TreeSet<>();
    for (String path : seen.keySet()) {
      if (folderOf(path).equals(folder)) {
        names.add(path.substring(path.lastIndexOf('/') + 1));
      }
    }
    for (String path : folders) {
      if (folderOf(path).equals(folder)) {
        names.add(path.substring(path.lastIndexOf('/') + 1));
      }
    }
    return List.copyOf(names);
  }

  void createFolders(String path) {
    addWithParents(path, folders);
  }

  void put(String path, StoredFile file) {
    change(path, file, null);
  }

  void remove(String path) {
    change(path, null, null);
  }

  /** In one step, {@code to} gets the file and {@code from} is gone. */
  void move(String from, String to, StoredFile file) {
    change(to, file, from);
  }

  private void change(String path, @Nullable StoredFile file, @Nullable String gone) {
    Map<String, @Nullable StoredFile> names = new TreeMap<>();
    if (gone != null) {
      names.put(gone, null);
    }
    names.put(path, file);
    Change change = new Change(names);
    change.apply(seen);
    unforced.add(change);
  }

  /** Makes all changes durable that touch {@code folder}, and what those depend on. */
  void force(String folder) {
    addWithParents(folder, durableFolders);
    for (String path : folders) {
      if (folderOf(path).equals(folder)) {
        durableFolders.add(path);
      }
    }
    Set<String> wanted = new LinkedHashSet<>(List.of(folder));
    List<Change> chosen = new ArrayList<>();
    for (int i = unforced.size() - 1; i >= 0; i--) {
      Change change = unforced.get(i);
      if (change.folders().stream().anyMatch(wanted::contains)) {
        wanted.addAll(change.folders());
        chosen.addFirst(change);
      }
    }
    chosen.forEach(this::makeDurable);
    unforced.removeAll(chosen);
  }

  private void makeDurable(Change change) {
    change.apply(durable);
    change.folders().forEach(folder -> addWithParents(folder, durableFolders));
  }

  /**
   * Power is lost.
   *
   * @return whether a change of names was lost
   */
  boolean losePower(Loss loss, RandomSource random) {
    int survivors = loss == Loss.PREFIX ? random.nextInt(unforced.size() + 1) : 0;
    Set<String> lost = new LinkedHashSet<>();
    for (int i = 0; i < unforced.size(); i++) {
      Change change = unforced.get(i);
      boolean survives = loss == Loss.SOME ? random.chance(1, 2) : i < survivors;
      if (survives && change.names.keySet().stream().noneMatch(lost::contains)) {
        makeDurable(change);
      } else {
        lost.addAll(change.names.keySet());
      }
    }
    unforced.clear();
    seen.clear();
    seen.putAll(durable);
    folders.clear();
    folders.addAll(durableFolders);
    return !lost.isEmpty();
  }

  private static void addWithParents(String folder, Set<String> to) {
    for (String path = folder; !path.isEmpty(); path = folderOf(path)) {
      to.add(path);
    }
  }
}
