-- Writes feature_linked: how likely each nature of tie is at the looks, and what speaks for it in words.
-- Why: a slip of the key hides a tie from whoever compares letter for letter. Of the ties that hold at a look the likeliest counts;
-- shares are cut to hundredths, never rounded up, so that only what is certain is called so.
WITH held AS (
    SELECT look.finding, tie.nature, floor(tie.probability * 100) / 100 AS probability, tie.reasons
    FROM look
    JOIN tie
        ON tie.person = look.actor
        AND tie.subject = look.subject
        AND tie.valid_from <= look.occurred_at
        AND look.occurred_at < tie.valid_to
)

SELECT
    finding,
    max(probability) FILTER (WHERE nature = 'same_person') AS self_probability,
    arg_max(reasons, (probability, reasons)) FILTER (WHERE nature = 'same_person') AS self_reasons,
    max(probability) FILTER (WHERE nature = 'household') AS household_probability,
    arg_max(reasons, (probability, reasons)) FILTER (WHERE nature = 'household') AS household_reasons,
    max(probability) FILTER (WHERE nature = 'kin') AS kin_probability,
    arg_max(reasons, (probability, reasons)) FILTER (WHERE nature = 'kin') AS kin_reasons,
    max(probability) FILTER (WHERE nature = 'next_of_kin') AS next_of_kin_probability,
    arg_max(reasons, (probability, reasons)) FILTER (WHERE nature = 'next_of_kin') AS next_of_kin_reasons,
    max(probability) FILTER (WHERE nature = 'former_household') AS former_household_probability,
    arg_max(reasons, (probability, reasons)) FILTER (WHERE nature = 'former_household') AS former_household_reasons,
    max(probability) FILTER (WHERE nature = 'former_address') AS former_address_probability,
    arg_max(reasons, (probability, reasons)) FILTER (WHERE nature = 'former_address') AS former_address_reasons,
    max(probability) FILTER (WHERE nature = 'neighbour') AS neighbour_probability,
    arg_max(reasons, (probability, reasons)) FILTER (WHERE nature = 'neighbour') AS neighbour_reasons,
    max(probability) FILTER (WHERE nature = 'shared_phone') AS phone_probability,
    max(probability) FILTER (WHERE nature = 'shared_vehicle') AS vehicle_probability,
    max(probability) FILTER (WHERE nature = 'colleague') AS colleague_probability,
    arg_max(reasons, (probability, reasons)) FILTER (WHERE nature = 'colleague') AS colleague_reasons
FROM held
GROUP BY finding
