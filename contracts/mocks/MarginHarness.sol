// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel, OptionTerms} from "../interfaces/IPricingModel.sol";
import {Black76Model} from "../pricing/models/Black76Model.sol";
import {GramCharlierModel} from "../pricing/models/GramCharlierModel.sol";
import {SviModel} from "../pricing/models/SviModel.sol";
import {AccountParameters} from "../risk/MarginParameters.sol";
import {OptionArray} from "../risk/OptionArray.sol";
import {PortfolioMargin, PortfolioRequirement} from "../risk/PortfolioMargin.sol";
import {RiskArray} from "../risk/RiskArray.sol";
import {Scenarios} from "../risk/Scenarios.sol";
import {HeldLegs, RiskLegs} from "./RiskLegs.sol";

/// @notice The margin libraries by external calls, many at a time, for `./causeway fuzz margin`. What reverts is told, and stops nothing.
contract MarginHarness {
    struct Portfolio {
        HeldLegs[] held;
        AccountParameters account;
        uint256 time;
    }

    struct Margin {
        bytes failure;
        PortfolioRequirement requirement;
    }

    /// @param model place in `models`; one more is the payoff of what has expired
    struct Option {
        uint256 model;
        OptionTerms terms;
        bytes parameters;
        uint256 spotWad;
        uint256 scanRange;
    }

    /// @param factors of the volatility, which entries hardly show
    struct Array {
        bytes failure;
        uint256 mark;
        bytes packed;
        uint256[7] factors;
    }

    IPricingModel[3] private models = [IPricingModel(new Black76Model()), new GramCharlierModel(), new SviModel()];

    function margins(Portfolio[] calldata portfolios) external view returns (Margin[] memory answers) {
        answers = new Margin[](portfolios.length);
        for (uint256 i; i < portfolios.length; ++i) {
            try this.margin(portfolios[i]) returns (PortfolioRequirement memory found) {
                answers[i].requirement = found;
            } catch (bytes memory reason) {
                answers[i].failure = reason;
            }
        }
    }

    function arrays(Option[] calldata options) external view returns (Array[] memory answers) {
        answers = new Array[](options.length);
        for (uint256 i; i < options.length; ++i) {
            try this.array(options[i]) returns (Array memory found) {
                answers[i] = found;
            } catch (bytes memory reason) {
                answers[i].failure = reason;
            }
        }
    }

    function margin(Portfolio memory p) external pure returns (PortfolioRequirement memory) {
        return PortfolioMargin.requirement(RiskLegs.sum(p.held), p.account, p.time);
    }

    function array(Option memory o) external view returns (Array memory found) {
        int256[32] memory moves = Scenarios.moves(o.scanRange);
        int256[32] memory entries;
        if (o.model == models.length) {
            (found.mark, entries) = OptionArray.computePayoff(o.terms.strikeWad, o.terms.isCall, o.spotWad, moves);
        } else {
            IPricingModel model = models[o.model];
            (found.mark, entries) = OptionArray.compute(model, o.terms, o.parameters, o.spotWad, moves);
            found.factors = OptionArray.volFactors(model, o.terms, o.parameters);
        }
        found.packed = RiskArray.pack(entries);
    }
}
