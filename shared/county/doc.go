// Package county knows the counties of the United States, and which of them a ZIP code is in.
//
// A county is named by the five digits of its FIPS code: two of the state, three of the county. The independent cities of
// Virginia and elsewhere, the parishes of Louisiana, the boroughs and census areas of Alaska, the planning regions of
// Connecticut and the municipios of Puerto Rico are counties here, as they are for the Census Bureau.
//
// The facts are in facts.gz, 61 KB inside the program. They are unpacked when they are first asked for, which takes two
// milliseconds (BenchmarkRead, and in a process that has just begun) and half a megabyte of memory. A program that asks for none
// pays nothing. infra/county made the file, out of these:
//
//   - The county of each ZIP code of the 50 states and the District of Columbia: GeoNames, postal codes of the United States, as
//     of 11 March 2026, under the Creative Commons Attribution 4.0 licence. Changed: 130 ZIP codes which it puts into a
//     county that, by the list below, has no address of theirs are in the one county that has, and 28 were put right by
//     hand, eleven of them from a former county of Connecticut.
//   - The ZIP codes of Puerto Rico and the islands: the HUD-USPS ZIP code crosswalk of the Department of Housing and Urban
//     Development, public domain. A ZIP code that is named for a municipio is in that one, by a list of the postal
//     service's places (public domain).
//   - Codes and names: the Census Bureau's county codes of 2020, public domain, with the changes since: the planning regions of
//     Connecticut (2022).
//
// Limits: a ZIP code is a set of routes, and in about one of four its addresses lie in two counties or more; OfZIP gives
// the one of its place. Whoever knows their county should be asked for that. GeoNames' county is one of those in HUD's list
// for 99.5 % of the ZIP codes that both have, Connecticut left out. ZIP codes of the armed forces abroad are unknown, and so
// are new ones.
package county
