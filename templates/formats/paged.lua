-- What an empty division stands for in a Word document: an end of a page, or room to work something out.
local pages = {
  ['page-break'] = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>',
  room = string.rep('<w:p/>', 8),
}

function Div(division)
  local made = pages[division.classes[1]]
  if made and FORMAT == 'docx' then
    return pandoc.RawBlock('openxml', made)
  end
  if made then
    return {}
  end
end
