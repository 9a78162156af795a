package io.meridiandb.simulator.cli;

import picocli.CommandLine.Command;

/** {@code meridian sim}: whole universes in virtual time, from a seed. */
@Command(
    name = "sim",
    description = {
      "Runs whole universes in virtual time: the production classes, SQL clients, faults and checks.",
      "The same seed gives the same run and the same hash, on any machine."
    },
    mixinStandardHelpOptions = true,
    subcommands = {RunCommand.class, SpeedCommand.class, SweepCommand.class, ReplayCommand.class})
public final class SimCommand {}
