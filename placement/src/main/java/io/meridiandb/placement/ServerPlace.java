package io.meridiandb.placement;

import io.meridiandb.kernel.id.ServerId;

/**
 * Where a spanserver stands.
 *
 * @param id its number
 * @param name its name, for people
 * @param region the region that its zone lies in: servers of one region are near to each other
 * @param zone its isolated data centre: the unit that is lost as a whole
 */
public record ServerPlace(ServerId id, String name, String region, String zone) {}
