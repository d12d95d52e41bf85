import { describe, expect, it } from "vitest";
import { parseDecimal } from "../decimal.ts";
import { WAD } from "../math.ts";
import { optionArray, payoffArray, volFactors } from "./optionArray.ts";
import { PPB } from "./scenarios.ts";

const wad = (text: string): bigint => parseDecimal(text, 18)!;

/** Value and changes in value, 1e-9 of the spot, from `scripts/generate/optionArrayReference.py` (mpmath, 50 digits). */
const references = [
  {
    option: {
      spot: "60000",
      forward: "60300",
      strike: "66000",
      vol: "0.5",
      days: 30n,
      discount: "0.9965",
      percent: 15n,
      isCall: true,
    },
    value: "1444.899445728536289041",
    // biome-ignore format: as the script prints them
    changes: [-11622773.491909, -18452646.609526, -21922059.602248, 0.0, 17531835.98679, 41484695.768446, 71689038.421178, -24081617.57961, 9442001.6980996, -3085411.6312683, -11888643.338481, 26150311.394859, 47262445.3476, 72765362.827111, 102442845.54958, -23623676.478161, -20420322.333398, -23115769.286452, -23899182.690008, -13534058.441803, 216033.2188097, 22683793.061841, 54013586.896529, 390696683.82169, 882971735.32561, 1884215947.4756, 1944193.7951084, -1914376.7365556, 1944193.7951084, -1914376.7365556, -2098693.2905496, 2232811.4044055],
  },
  {
    option: {
      spot: "60000",
      forward: "59900",
      strike: "48000",
      vol: "0.2",
      days: 200n,
      discount: "1",
      percent: 15n,
      isCall: false,
    },
    value: "234.322417387676636275",
    // biome-ignore format: as the script prints them
    changes: [4096488.2880688, 11579413.404024, 24241237.736405, 0.0, -2094775.1323236, -3103455.3150918, -3564249.9430754, 397290624.43079, 41147422.406973, 54319088.530076, 70719344.214797, 30704151.326887, 22515870.885559, 16156957.787535, 11259130.143467, 177118628.99579, -1025400.7982542, 3726393.4676718, 13976380.155573, -2934806.0420769, -3609984.0446887, -3823265.7092318, -3884304.6187321, -1924969.518053, -3802282.2364984, -3904987.7490451, -1436083.2641929, 1770837.7294097, 1770837.7294097, -1436083.2641929, 458533.81573248, -414390.71980225],
  },
  {
    option: {
      spot: "3000",
      forward: "3000",
      strike: "3050",
      vol: "0.9",
      days: 7n,
      discount: "0.999",
      percent: 18n,
      isCall: false,
    },
    value: "176.455585373401207889",
    // biome-ignore format: as the script prints them
    changes: [37328350.986276, 84895229.168626, 139604986.94696, 0.0, -26060300.489952, -42198420.310148, -51104396.143154, 557231841.33151, 70826684.39752, 109896325.25582, 155283579.47381, 38412246.834892, 12448935.757465, -7679605.4582765, -22828380.038701, 308905939.15098, 21627202.600468, 78054820.910647, 137661965.84049, -22845689.1777, -47609643.088151, -56481486.735917, -58491944.8805, -54528488.09666, -58722066.623373, -58818492.602056, 410734.56582362, -410687.90757202, 410734.56582362, -410687.90757202, 4876755.6010658, -4618496.6227489],
  },
];

describe("optionArray", () => {
  it.each(references)(
    "reaches the reference: $option.strike, $option.days days",
    ({ option, value, changes }) => {
      const terms = {
        forwardWad: wad(option.forward),
        strikeWad: wad(option.strike),
        yearsWad: (option.days * WAD) / 365n,
        discountWad: wad(option.discount),
        isCall: option.isCall,
      };
      const { priceWad, entries } = optionArray({
        option: terms,
        model: { kind: "black76", volWad: wad(option.vol) },
        spotWad: wad(option.spot),
        scanRangePpb: (option.percent * PPB) / 100n,
      });
      expect(Math.abs(Number(priceWad - wad(value)) / 1e18)).toBeLessThan(1e-12);
      expect(entries).toHaveLength(changes.length);
      // Rounded down to a unit, and thirds of the scan range are exact here.
      entries.forEach((entry, s) => {
        const below = changes[s]! - Number(entry);
        expect(below).toBeGreaterThan(-0.001);
        expect(below).toBeLessThan(1.001);
      });
    },
  );
});

describe("payoffArray", () => {
  it("refuses prices beyond 2^128 whatever the spot, as the contract does", () => {
    const payoff = (strikeWad: bigint) =>
      payoffArray({ strikeWad, isCall: false, spotWad: 2n ** 120n, scanRangePpb: PPB / 10n });
    expect(payoff(2n ** 128n).mark).toBe(255n * PPB);
    expect(() => payoff(2n ** 129n)).toThrow(expect.objectContaining({ kind: "MarginInputOutOfRange" }));
  });
});

describe("volFactors", () => {
  const at = (days: bigint, vol: string) =>
    volFactors(
      { forwardWad: WAD, strikeWad: WAD, yearsWad: (days * WAD) / 365n, discountWad: WAD, isCall: true },
      { kind: "black76", volWad: wad(vol) },
    );

  it("move by half and by 0.3 at 30 days, and no more below a day", () => {
    expect(at(30n, "0.8")).toMatchObject({ up: (15n * WAD) / 10n, down: (7n * WAD) / 10n });
    expect(at(0n, "0.8")).toEqual(at(1n, "0.8"));
  });

  it("move up to 40 % at least", () => {
    expect(at(30n, "0.1").up).toBe(4n * WAD);
  });

  it("leave the skew of an option at the money alone", () => {
    expect(at(30n, "0.8")).toMatchObject({ slopeUp: WAD, slopeDown: WAD, smileUp: WAD, smileDown: WAD });
  });
});
