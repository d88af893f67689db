-- A visit would change its channel with the way in which its source is named.

select
    sources.source,
    sources.category,
    source_categories.category as category_of_tag
from {{ ref('sources') }} as sources
left join {{ ref('source_categories') }} as source_categories
    on sources.source = source_categories.source
where
    source_categories.category is null
    or sources.category != source_categories.category
