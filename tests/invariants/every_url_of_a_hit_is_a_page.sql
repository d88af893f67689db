-- A URL without its page would be missing from all that counts pages.

select distinct
    hits.site_id,
    hits.page_url
from {{ ref('int_hits') }} as hits
left join {{ ref('int_pages') }} as pages
    on {{ hash_key('hits.site_id, hits.page_url') }} = pages.page_key
where hits.page_url is not null and pages.page_key is null
